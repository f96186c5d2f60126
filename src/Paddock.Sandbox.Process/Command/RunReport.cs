using System.Text;
using System.Text.Json;
using Paddock.Sandbox.Protocol.Programs;

namespace Paddock.Sandbox.Process;

/// <summary>A run as gitu's callers read it: <c>{stdout, stderr, exitCode, durationMs}</c>.</summary>
internal static class RunReport
{
    internal static byte[] Write(ProgramRun run)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            writer.WriteString("stdout", Encoding.UTF8.GetString(run.Output.Span));
            writer.WriteString("stderr", string.Concat(run.Errors.Select(e => e.Message + "\n")));
            writer.WriteNumber("exitCode", run.ExitCode);
            writer.WriteNumber("durationMs", (long)run.Duration.TotalMilliseconds);
            writer.WriteEndObject();
        }

        return bytes.ToArray();
    }
}
