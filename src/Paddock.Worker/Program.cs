using Microsoft.Win32.SafeHandles;
using Paddock.Sandbox.Protocol.Workers;
using Paddock.Worker;

// The two streams belong to the frames. Whatever else is written goes nowhere.
Console.SetOut(TextWriter.Null);
using var input = new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);
using var output = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
var wire = new WorkerWire(output);
await using var worker = new HostedPlugin(wire);
var reader = new FrameReader(input);
while (await reader.ReadAsync() is { } frame) worker.Take(frame);
