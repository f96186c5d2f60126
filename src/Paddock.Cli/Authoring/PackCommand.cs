using System.CommandLine;
using Paddock.Packaging;

namespace Paddock.Cli;

/// <summary><c>paddock pack</c>: one zip of a package's directory, the same bytes from the same files.</summary>
internal static class PackCommand
{
    public static Command Create()
    {
        var directory = new Argument<DirectoryInfo>("DIR") { Description = "The package's directory, with its plugin.yaml." };
        var output = new Option<FileInfo?>("--output", "-o") { Description = "The zip to write; NAME-VERSION.zip unless told. Replaced where it is there.", HelpName = "FILE" };
        var command = new Command("pack", "Verify a package and write it as a zip. The same files give the same bytes.") { directory, output };
        command.SetAction((parsed, cancellationToken) => PackAsync(parsed.GetRequiredValue(directory).FullName, parsed.GetValue(output)?.FullName, cancellationToken));
        return command;
    }

    private static async Task<int> PackAsync(string directory, string? output, CancellationToken cancellationToken)
    {
        if (await PackageReading.ReadAsync(PackageSource.FromDirectory(directory), PackageTrust.None, cancellationToken) is not { } package) return ExitCode.Denied;
        string target = output ?? Path.GetFullPath($"{package.Manifest.Name}-{package.Manifest.Version}.zip");
        WholeFile.Write(target, PackageArchive.Pack(package));
        await Console.Out.WriteLineAsync($"{target}\ndigest: {package.Digest}");
        return ExitCode.Completed;
    }
}
