using System.Collections.Concurrent;
using System.Diagnostics;

namespace Paddock.Sandbox.GoPlugin.Tests;

/// <summary>The programs of the folder Programs, compiled by Debian's go with its packaged go-plugin library, each once.</summary>
internal static class GoPrograms
{
    private static readonly ConcurrentDictionary<string, Lazy<byte[]>> s_built = new(StringComparer.Ordinal);

    internal static string Root { get; } = FindRoot();

    internal static byte[] Build(string folder) => s_built.GetOrAdd(folder, f => new Lazy<byte[]>(() => Compile(Path.Combine(Root, f)))).Value;

    private static byte[] Compile(string folder)
    {
        var output = Path.Combine(Path.GetTempPath(), $"paddock-go-{Guid.NewGuid():N}");
        var start = new ProcessStartInfo("go", ["build", "-ldflags=-s -w", "-o", output, "."])
        {
            WorkingDirectory = folder,
            RedirectStandardError = true,
            Environment =
            {
                ["GO111MODULE"] = "off",
                ["GOPATH"] = $"/usr/share/gocode:{Path.Combine(Root, "guest/go")}",
                ["GOFLAGS"] = "",
                ["CGO_ENABLED"] = "0",
                // Kept between runs: go-plugin draws in gRPC, which takes a while.
                ["GOCACHE"] = Path.Combine(Root, "artifacts/go-cache"),
            },
        };
        using var process = System.Diagnostics.Process.Start(start)!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"go build in {folder}: {errors}");
        var bytes = File.ReadAllBytes(output);
        File.Delete(output);
        return bytes;
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Paddock.slnx"))) folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Not in a working copy.");
        return folder;
    }
}
