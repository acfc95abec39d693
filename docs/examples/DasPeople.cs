// People in Unity while they are captured. Put this on an empty object, add the package
// com.unity.nuget.newtonsoft-json, and begin with: das-app --source 0 --stream websocket
// For avatars take VMC instead (docs/streaming.md).

using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Net.WebSockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;
using UnityEngine;

public class DasPeople : MonoBehaviour
{
    public string address = "ws://127.0.0.1:8765/";
    public float jointSize = 0.05f;

    readonly ConcurrentQueue<JObject> messages = new ConcurrentQueue<JObject>();
    readonly Dictionary<int, List<Transform>> bodies = new Dictionary<int, List<Transform>>();
    readonly CancellationTokenSource ending = new CancellationTokenSource();
    string[] joints = Array.Empty<string>();

    void Start() => Task.Run(Receive);

    void OnDestroy() => ending.Cancel();

    async Task Receive()
    {
        while (!ending.IsCancellationRequested)
        {
            try
            {
                using var socket = new ClientWebSocket();
                await socket.ConnectAsync(new Uri(address), ending.Token);
                while (await NextText(socket) is string text)
                    messages.Enqueue(JObject.Parse(text));
            }
            catch (WebSocketException error)
            {
                Debug.Log($"{address}: {error.Message}; trying again");
            }
            catch (OperationCanceledException)
            {
                return;
            }
            await Task.Delay(1000);
        }
    }

    async Task<string> NextText(ClientWebSocket socket)
    {
        var buffer = new ArraySegment<byte>(new byte[65536]);
        using var bytes = new MemoryStream();
        WebSocketReceiveResult part;
        do
        {
            part = await socket.ReceiveAsync(buffer, ending.Token);
            if (part.MessageType == WebSocketMessageType.Close)
                return null;
            bytes.Write(buffer.Array, 0, part.Count);
        } while (!part.EndOfMessage);
        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    void Update()
    {
        JObject frame = null;
        while (messages.TryDequeue(out var message))
        {
            if ((string)message["type"] == "skeleton")
                joints = message["joints"].ToObject<string[]>();
            else if ((string)message["type"] == "frame")
                frame = message;
        }
        if (frame == null)
            return;
        var seen = new HashSet<int>();
        foreach (var person in frame["people"])
        {
            var id = (int)person["id"];
            seen.Add(id);
            var body = BodyOf(id, (string)person["name"]);
            for (var joint = 0; joint < joints.Length; joint++)
            {
                var place = person["joints"][joint];
                // Camera space in mm (x right, y down, z forward) to Unity's, the lens at the origin.
                body[joint].localPosition =
                    -0.001f * new Vector3((float)place[0], (float)place[1], (float)place[2]);
            }
        }
        foreach (var body in bodies)
            body.Value[0].parent.gameObject.SetActive(seen.Contains(body.Key));
    }

    List<Transform> BodyOf(int id, string personName)
    {
        if (bodies.TryGetValue(id, out var body) && body.Count == joints.Length)
            return body;
        if (body != null)
            Destroy(body[0].parent.gameObject);
        var parent = new GameObject(personName == "" ? $"Person {id}" : personName).transform;
        parent.SetParent(transform, false);
        body = new List<Transform>();
        foreach (var joint in joints)
        {
            var ball = GameObject.CreatePrimitive(PrimitiveType.Sphere).transform;
            ball.name = joint;
            ball.SetParent(parent, false);
            ball.localScale = jointSize * Vector3.one;
            body.Add(ball);
        }
        return bodies[id] = body;
    }
}
