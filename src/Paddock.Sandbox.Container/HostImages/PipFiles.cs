using System.Diagnostics;

namespace Paddock.Sandbox.Container.HostImages;

/// <summary>pip as Debian keeps it for new environments, a wheel, unpacked and compiled: run as it is, it compiles itself anew each time it is started, which takes longer than what it installs.</summary>
internal static class PipFiles
{
    /// <summary>Where it is in an image.</summary>
    internal const string Inside = "/usr/lib/paddock-pip";

    private const string Wheels = "/usr/share/python-wheels";

    // Where it was compiled is named nowhere; its files are looked at no more.
    private const string Source = """
        import compileall, py_compile, sys, zipfile
        wheel, target, inside = sys.argv[1:]
        zipfile.ZipFile(wheel).extractall(target)
        compileall.compile_dir(target, quiet=2, stripdir=target, prependdir=inside, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
        """;

    /// <summary>Whether this machine has it.</summary>
    internal static bool AreHere => Wheel is not null;

    private static string? Wheel => Directory.Exists(Wheels) ? Directory.EnumerateFiles(Wheels, "pip-*.whl").Order(StringComparer.Ordinal).LastOrDefault() : null;

    /// <summary>Adds it to an image, where it is here.</summary>
    /// <param name="tar">The image's files.</param>
    /// <param name="python">The interpreter that the image has.</param>
    /// <param name="cancellationToken">Stops it.</param>
    internal static async Task AddToAsync(RootTar tar, string python, CancellationToken cancellationToken)
    {
        if (Wheel is not { } wheel) return;
        string folder = Directory.CreateTempSubdirectory("paddock-pip-").FullName;
        try
        {
            using var process = Process.Start(new ProcessStartInfo(python, ["-I", "-c", Source, wheel, folder, Inside]))!;
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            if (process.ExitCode != 0) throw new InvalidOperationException($"{wheel} cannot be unpacked.");
            tar.AddTree(folder, Inside);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
