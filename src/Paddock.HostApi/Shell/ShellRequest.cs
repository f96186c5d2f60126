using System.Text;
using System.Text.Json;

namespace Paddock.HostApi.Shell;

/// <summary>The arguments of <c>shell.execute</c>, read whole.</summary>
/// <param name="Command">A plain name.</param>
/// <param name="Args">The command's arguments, each as it was given.</param>
/// <param name="Directory">Where it is to start; null for the one directory that is granted, or an empty one.</param>
/// <param name="Timeout">How long it may take.</param>
/// <param name="IsDryRun">Whether it is only checked.</param>
internal sealed record ShellRequest(string Command, IReadOnlyList<string> Args, string? Directory, TimeSpan Timeout, bool IsDryRun)
{
    private const int LongestName = 128;
    private const int MostArguments = 1000;
    private const int MostBytes = 128 << 10;

    internal static ShellRequest Read(JsonElement arguments, ShellOptions options) => new(
        Name(arguments),
        Texts(arguments),
        Arguments.OptionalText(arguments, "cwd"),
        TimeSpan.FromMilliseconds(Arguments.OptionalNumber(arguments, "timeoutMs", (int)options.Timeout.TotalMilliseconds, (int)options.LongestTimeout.TotalMilliseconds)),
        Arguments.OptionalFlag(arguments, "dryRun"));

    // SECURITY: a name with a directory in it would start a program of the plugin's own choice, whatever it is called.
    internal static string Name(JsonElement arguments)
    {
        var name = Arguments.Text(arguments, "command");
        return name.Length is 0 or > LongestName || name[0] is '-' or '.' || name.Any(c => c is '/' or '*' || char.IsControl(c) || char.IsWhiteSpace(c))
            ? throw Arguments.Invalid("command is no plain name of a program.")
            : name;
    }

    private static string[] Texts(JsonElement arguments)
    {
        if (!arguments.TryGetProperty("args", out var list)) return [];
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > MostArguments) throw Arguments.Invalid($"args is no list of at most {MostArguments} texts.");
        var texts = list.EnumerateArray().Select(item => Arguments.Plain(item, "args")).ToArray();
        if (texts.Any(t => t.Contains('\0'))) throw Arguments.Invalid("An argument has a NUL.");
        return texts.Sum(t => Encoding.UTF8.GetByteCount(t) + 1) <= MostBytes ? texts : throw Arguments.Invalid($"args have more than {MostBytes} bytes.");
    }
}
