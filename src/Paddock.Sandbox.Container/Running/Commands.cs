using System.Globalization;
using Paddock.Sandbox.Container.Images;
using Paddock.Sandbox.Protocol;
using Paddock.Sandbox.Protocol.Guests;

namespace Paddock.Sandbox.Container.Running;

/// <summary>What is run in a container, and with which variables.</summary>
internal static class Commands
{
    /// <summary>How many processes the watch beside a program takes.</summary>
    internal const int WatchProcesses = 2;

    // Nobody writes to the input, so it ends when the host does, and the program with it. The script is constant; what varies are its parameters.
    // The program has an empty input, and the shell says nothing of how it ended. A program that ends its watch is ended by the next host's sweep.
    private const string Watch = """
        exec 3<&0 4>&2 </dev/null 2>/dev/null
        "$0" "$@" 2>&4 3<&- 4>&- &
        program=$!
        exec >/dev/null 4>&-
        (while read -r _ <&3; do :; done; kill -9 $program) &
        exec 3<&-
        wait $program
        """;

    /// <summary>The package's own program, which knows nothing of a host.</summary>
    internal static IReadOnlyList<string> Program(ContainerLanguage language, string entry) => ["/bin/sh", "-c", Watch, language.Program, $"{ContainerLanguage.Files}/{entry}"];

    /// <summary>The guests' half of the protocol, which loads the package's program.</summary>
    internal static IReadOnlyList<string> Protocol(ContainerLanguage language, GuestTerms terms) => language.Language == Language.Python
        // -I leaves every directory of packages out; the image's own is added again, after the standard library.
        ? ["python3", .. GuestBootstrap.PythonFlags(terms.Recorded), "-c", $"import sys; sys.path.append('{ContainerLanguage.PythonPackages}')\n{GuestBootstrap.Python}"]
        // Node has no way to move a descriptor. The script is constant; what varies are its parameters.
        : ["/bin/sh", "-c", "exec \"$0\" \"$@\" 3>&1 1>&2", "node", "--no-warnings", HeapFlag(terms.Limits), "-e", GuestBootstrap.Node];

    internal static IReadOnlyDictionary<string, string> ProtocolEnvironment(ContainerLanguage language, SandboxSpec spec, GuestTerms terms)
    {
        var environment = new Dictionary<string, string>(language.Environment) { ["PADDOCK_ROOT"] = ContainerLanguage.Files, ["TMPDIR"] = "/tmp", ["TZ"] = spec.TimeZone.Id };
        if (language.Language == Language.Node) environment["PADDOCK_WIRE"] = "3";
        // Python's own variable of packages is for one that heeds variables, in the place of the path that the bootstrap is given.
        else if (terms.Recorded && environment.Remove("PYTHONPATH")) environment[GuestBootstrap.PythonHashSeed] = "0";
        return environment;
    }

    // What is not the heap needs room within the same limit.
    private static string HeapFlag(Limits limits) => "--max-old-space-size=" + Math.Max(16, limits.MemoryBytes * 3 / 4 >> 20).ToString(CultureInfo.InvariantCulture);
}
