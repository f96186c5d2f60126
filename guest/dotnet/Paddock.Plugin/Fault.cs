using System.Diagnostics;
using System.Text.Json;

namespace Paddock.Plugins;

/// <summary>What went wrong, as the host is told.</summary>
internal sealed class Fault(string code, string message)
{
    private const int MostMessage = 10_000, MostStack = 20_000, MostFrames = 200;

    private string? Name { get; init; }

    private string? Stack { get; init; }

    private int Line { get; init; }

    private int Column { get; init; }

    internal static Fault Of(Exception e)
    {
        var told = e is ResultException ? e.InnerException! : e;
        var frames = new StackTrace(told, fNeedFileInfo: false).FrameCount;
        // Each frame's line is looked up in a file: of a recursion without end that would take minutes.
        var at = frames > MostFrames ? null : new StackTrace(told, fNeedFileInfo: true).GetFrames().FirstOrDefault(frame => frame.GetFileLineNumber() > 0);
        return new Fault(Code(e), Cut(told.Message, MostMessage))
        {
            Name = told is HostException ? "HostError" : told.GetType().Name,
            Stack = frames > MostFrames ? $"{frames} frames" : Cut(told.StackTrace ?? "", MostStack),
            Line = at?.GetFileLineNumber() ?? 0,
            Column = at?.GetFileColumnNumber() ?? 0,
        };
    }

    internal void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("error");
        writer.WriteNumber("code", -32000);
        writer.WriteString("message", message);
        writer.WriteStartObject("data");
        writer.WriteString("code", code);
        if (Name is not null) writer.WriteString("name", Name);
        if (Stack is not null) writer.WriteString("stack", Stack);
        if (Line > 0) writer.WriteNumber("line", Line);
        if (Column > 0) writer.WriteNumber("column", Column);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static string Code(Exception e) => e switch
    {
        HostException host => host.Code,
        ResultException => Codes.ResultInvalid,
        OutOfMemoryException => Codes.MemoryLimit,
        InsufficientExecutionStackException => Codes.StackLimit,
        _ => Codes.GuestError,
    };

    private static string Cut(string text, int most) => text.Length <= most ? text : text[..most];
}
