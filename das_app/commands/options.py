"""Command-line options: their help texts and help panels."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from das_app.exports.formats import FACTS, ExportFormat

LENS, CAMERA, MODEL, STREAMS = "Lens", "Camera", "Model", "Other programs"
RECORDING = "Recording"
CONTENT, FORMATS = "What is written", "For some formats"


def epilog(title: str, lines: Iterable[str]) -> str:
    """Text below a command's help, a line each."""
    return "\n".join(["\b", f"{title}:", *(f"  {line}" for line in lines)])


def _names(formats: Iterable[ExportFormat]) -> str:
    return ", ".join(sorted(formats))


SOURCE_HELP = (
    "camera index or name, video file, image, folder of images, rtsp or http address, "
    "session with a video, or `demo`"
)
SOURCES_HELP = f"{SOURCE_HELP}; several, or a folder of videos: a session each"
FovOption = Annotated[
    float | None,
    typer.Option(
        "--fov",
        min=2,
        max=178,
        help="field of view of the longer side, degrees",
        rich_help_panel=LENS,
    ),
]
IntrinsicsOption = Annotated[
    Path | None,
    typer.Option(
        "--intrinsics",
        help="calibration file: JSON, OpenCV YAML, Pose2Sim TOML",
        rich_help_panel=LENS,
    ),
]
LensCameraOption = Annotated[
    str,
    typer.Option(
        "--intrinsics-camera",
        help="name of the camera in a calibration of several",
        rich_help_panel=LENS,
    ),
]
CameraHeightOption = Annotated[
    float | None,
    typer.Option(
        "--camera-height",
        help="of the lens above the floor, m; else found from people",
        rich_help_panel=LENS,
    ),
]
CameraTiltOption = Annotated[
    float | None,
    typer.Option(
        "--camera-tilt",
        help="how far the camera looks down, degrees; else found from people",
        rich_help_panel=LENS,
    ),
]
ResolutionOption = Annotated[
    str | None,
    typer.Option(
        "--resolution", help="size to request, such as 1920x1080", rich_help_panel=CAMERA
    ),
]
FpsOption = Annotated[
    float | None,
    typer.Option(
        "--fps", min=1, max=1000, help="frames per second to request", rich_help_panel=CAMERA
    ),
]
RateOption = Annotated[
    float | None,
    typer.Option(
        "--fps",
        min=0.01,
        max=1000,
        help="frames per second to request, or of a folder of images",
        rich_help_panel=CAMERA,
    ),
]
SlowMotionOption = Annotated[
    float | None,
    typer.Option(
        "--slow-motion",
        min=0.1,
        max=100,
        help="how many times slower a video plays than it was filmed",
    ),
]
TurnOption = Annotated[
    int | None,
    typer.Option(
        "--turn",
        metavar="90|180|270",
        help="turn pictures clockwise, for a camera on its side; kept turns hold without it",
        rich_help_panel=CAMERA,
    ),
]
RecordOption = Annotated[
    bool,
    typer.Option(
        "--record",
        help="record from the beginning, as the panel Recording is set",
        rich_help_panel=RECORDING,
    ),
]
NameOption = Annotated[
    str | None,
    typer.Option(
        "--name",
        help="of the session that --record makes, behind its time",
        rich_help_panel=RECORDING,
    ),
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model", help="ONNX file, or a bundled one: lite, lite-synthetic", rich_help_panel=MODEL
    ),
]
ModeOption = Annotated[
    str | None,
    typer.Option(
        "--mode",
        help="fast: one pass; precise: a second look at each person, slower; "
        "auto: precise for files without a window, else as time allows",
        rich_help_panel=MODEL,
    ),
]
DeviceOption = Annotated[
    str | None,
    typer.Option(
        "--device",
        help="what the model runs on: auto, cpu, openvino, cuda, tensorrt; else as in the window",
        rich_help_panel=MODEL,
    ),
]
StreamOption = Annotated[
    list[str] | None,
    typer.Option(
        "--stream",
        help="send people to another program: websocket:PORT, osc:HOST:PORT, vmc:HOST:PORT, "
        "vmc:HOST:PORT+N for N people, vrchat:HOST:PORT or lsl; give it again for more; "
        "without a host to this computer",
        rich_help_panel=STREAMS,
    ),
]
AllowOriginOption = Annotated[
    list[str] | None,
    typer.Option(
        "--allow-origin",
        help="a web page that may read websocket, such as https://me.example; null for pages "
        "opened from disk",
        rich_help_panel=STREAMS,
    ),
]
RemoteOption = Annotated[
    str | None,
    typer.Option(
        "--remote",
        metavar="[HOST:]PORT",
        help="let other programs start, stop and mark the recording, by OSC at this port and by "
        "websocket",
        rich_help_panel=STREAMS,
    ),
]
RemoteTokenOption = Annotated[
    str | None,
    typer.Option(
        "--remote-token",
        envvar="DAS_REMOTE_TOKEN",
        help="what their orders have to bring; made and shown if not given",
        rich_help_panel=STREAMS,
    ),
]
IgnoreZoneOption = Annotated[
    list[str] | None,
    typer.Option(
        "--ignore-zone",
        metavar="X,Y,X,Y[,X,Y...]",
        help="nobody counts in this part of the picture: opposite corners of a rectangle, or "
        "corners of a polygon, from 0,0 at the top left to 1,1; give it again for more",
        rich_help_panel=CONTENT,
    ),
]
MinDistanceOption = Annotated[
    float | None,
    typer.Option(
        "--min-distance", help="nobody counts nearer than this, m", rich_help_panel=CONTENT
    ),
]
MaxDistanceOption = Annotated[
    float | None,
    typer.Option(
        "--max-distance", help="nobody counts further than this, m", rich_help_panel=CONTENT
    ),
]
ToOption = Annotated[str, typer.Option("--to", help=f"format, see below: {_names(ExportFormat)}")]
ExportOutputOption = Annotated[
    Path,
    typer.Option(
        "-o",
        "--output",
        help=f"file; a folder for {_names(f for f in FACTS if FACTS[f].is_folder)}",
    ),
]
ClusterOption = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        metavar="ADDRESS",
        help="capture files on the workers of this dask scheduler, such as tcp://10.0.0.1:8786; "
        "they need the same files and das-capture[cluster]",
    ),
]
FacesOption = Annotated[
    str | None,
    typer.Option("--faces", help="in recorded images: show, blur or black; else as in the window"),
]
FilmFacesOption = Annotated[
    str, typer.Option("--faces", help="mp4: show, blur or black", rich_help_panel=FORMATS)
]
ForceOption = Annotated[bool, typer.Option("--force", help="replace what is there")]
PersonOption = Annotated[
    list[int] | None,
    typer.Option(
        "--person",
        help="track id; give it again for more; default everybody",
        rich_help_panel=CONTENT,
    ),
]
SpaceOption = Annotated[
    str,
    typer.Option(
        "--space", help="camera, or floor: level, origin below the lens", rich_help_panel=CONTENT
    ),
]
ResampleOption = Annotated[
    float | None,
    typer.Option("--fps", help="resample to this rate", rich_help_panel=CONTENT),
]
FillGapsOption = Annotated[
    float,
    typer.Option(
        "--fill-gaps", help="interpolate gaps of up to so many seconds", rich_help_panel=CONTENT
    ),
]
LayerOption = Annotated[
    str,
    typer.Option(
        "--layer",
        help="poses: raw, live, refined; best is refined where the session is, else live",
        rich_help_panel=CONTENT,
    ),
]
UntrimmedOption = Annotated[
    bool,
    typer.Option("--untrimmed", help="also what was trimmed away", rich_help_panel=CONTENT),
]
MinDurationOption = Annotated[
    float | None,
    typer.Option(
        "--min-duration",
        help="leave out people seen for fewer seconds; default 0.5 in motion formats",
        rich_help_panel=CONTENT,
    ),
]
RigOption = Annotated[
    str,
    typer.Option(
        "--rig",
        help="bvh, glb, usd: names of bones: humanoid, mixamo, vrm, ours",
        rich_help_panel=FORMATS,
    ),
]
NamesOption = Annotated[
    str,
    typer.Option(
        "--names", help="trc, c3d: names of markers: ours, pose2sim", rich_help_panel=FORMATS
    ),
]
TogetherOption = Annotated[
    bool,
    typer.Option("--together", help="trc, c3d: everybody in one file", rich_help_panel=FORMATS),
]
WithImagesOption = Annotated[
    bool,
    typer.Option("--with-images", help="coco: write the images, too", rich_help_panel=FORMATS),
]
FORMAT_LIST = epilog("Formats", (f"{to:13} {facts.title}" for to, facts in FACTS.items()))
EXAMPLES = epilog(
    "Examples",
    (
        "das-app                               the window, with the bundled clip",
        "das-app --source 0                    the window, with the first camera",
        "das-app --source 0 --record --name jump",
        "                                      the same, recorded from the beginning",
        "das-app capture a.mp4 -o walk         a session from a video",
        "das-app capture 0 -o now --stream osc:9000",
        "                                      a camera, recorded and streamed",
        "das-app export walk --to bvh -o out   a session as BVH files",
        "das-app COMMAND -h                    all options of a command",
    ),
)
