namespace Paddock.Sandbox.GoPlugin.Calls;

/// <summary>What a process reaches of the host: the call that it serves just now, or nothing.</summary>
internal interface IHostCalls
{
    /// <param name="method">The function, by GoatKit's name or the host's own.</param>
    /// <param name="arguments">UTF-8 JSON.</param>
    ValueTask<HostAnswer> AskAsync(string method, ReadOnlyMemory<byte> arguments);

    /// <summary>Something that the process printed; one line.</summary>
    void Log(LogSeverity severity, ReadOnlySpan<byte> line);
}

/// <summary>The host's answer in GoatKit's form.</summary>
/// <param name="Result">UTF-8 JSON; empty where there is an error.</param>
/// <param name="Error">Why not; null where there is a result.</param>
internal readonly record struct HostAnswer(ReadOnlyMemory<byte> Result, string? Error);
