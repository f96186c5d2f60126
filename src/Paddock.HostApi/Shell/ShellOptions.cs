namespace Paddock.HostApi;

/// <summary>Limits of <c>shell.execute</c>.</summary>
public sealed record ShellOptions
{
    /// <summary>Time of a command that names none. Default 60 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The longest time that a command may ask for; the time of the call bounds it too. Default 600 s.</summary>
    public TimeSpan LongestTimeout { get; init; } = TimeSpan.FromSeconds(600);

    /// <summary>Bytes that are kept of each of a command's two streams; what it writes beyond them is read and thrown away. Default 512 KiB.</summary>
    public int StreamBytes { get; init; } = 512 << 10;

    /// <summary>Memory, processors and processes of a command. Default 256 MiB, one processor, 32 processes.</summary>
    public Limits Limits { get; init; } = new() { MemoryBytes = 256L << 20, Processes = 32 };
}
