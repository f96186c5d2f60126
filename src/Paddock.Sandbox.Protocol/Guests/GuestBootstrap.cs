using System.Text;

namespace Paddock.Sandbox.Protocol.Guests;

/// <summary>The guests' half of the protocol, as source that their interpreter runs before any plugin. It takes the standard streams for itself and speaks over them; the plugin's files are below the directory that PADDOCK_ROOT names, or /plugin.</summary>
public static class GuestBootstrap
{
    /// <summary>For CPython 3.11 and later (<c>python3 -I -c</c>).</summary>
    public static string Python { get; } = Resource("bootstrap.py");

    /// <summary>For Node 18 and later (<c>node -e</c>).</summary>
    public static string Node { get; } = Resource("bootstrap.js");

    /// <summary>The variable that fixes the order of Python's sets, where a call is recorded.</summary>
    public const string PythonHashSeed = "PYTHONHASHSEED";

    /// <summary>
    /// Python's flags. -I: no variables, no user's packages, no directory of the caller's on the path. -B: nothing to write back. Where a call is
    /// recorded one variable is to be read, <see cref="PythonHashSeed"/>: the rest of what -I does is then said by itself, and the variables are the host's own.
    /// </summary>
    public static IReadOnlyList<string> PythonFlags(bool recorded) => recorded ? ["-s", "-P", "-B"] : ["-I", "-B"];

    private static string Resource(string name)
    {
        using var stream = typeof(GuestBootstrap).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The resource {name} is not in this build.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
