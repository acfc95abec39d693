// Prints, as JSON, what the Khronos validator says of a glTF file and, at the times asked for,
// where three.js puts its bones. Usage: node check_glb.mjs FILE TIME...
import fs from "fs";
import { createRequire } from "module";
import * as THREE from "three";
import { GLTFLoader } from "three/examples/jsm/loaders/GLTFLoader.js";

globalThis.self = globalThis;
const { validateBytes } = createRequire(import.meta.url)("gltf-validator");
const [file, ...times] = process.argv.slice(2);
const bytes = fs.readFileSync(file);
const report = await validateBytes(new Uint8Array(bytes));
const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
const gltf = await new Promise((resolve, reject) =>
  new GLTFLoader().parse(buffer, "", resolve, reject),
);
const mixer = new THREE.AnimationMixer(gltf.scene);
for (const clip of gltf.animations) mixer.clipAction(clip).play();
const skins = [];
gltf.scene.traverse((node) => node.isSkinnedMesh && skins.push(node));
const frames = times.map((time) => {
  mixer.setTime(Number(time));
  gltf.scene.updateMatrixWorld(true);
  return skins.map((skin) => {
    skin.skeleton.update();
    return skin.skeleton.bones.map((bone) =>
      new THREE.Vector3().setFromMatrixPosition(bone.matrixWorld).toArray(),
    );
  });
});
const { numErrors, numWarnings } = report.issues;
const messages = report.issues.messages.map((message) => message.message);
const clips = gltf.animations.map((clip) => clip.name);
const names = skins.map((skin) => skin.name);
console.log(JSON.stringify({ numErrors, numWarnings, messages, clips, names, frames }));
