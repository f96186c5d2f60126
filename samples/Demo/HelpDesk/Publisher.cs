using System.IO.Compression;
using System.Text;
using Paddock.Packaging;
using Paddock.Sandbox.Wasm.JavaScript;

namespace Paddock.Samples.Demo.HelpDesk;

/// <summary>Whoever writes the plugins: packs and signs them with a key of his own.</summary>
internal sealed class Publisher(string packages)
{
    private readonly byte[] _key = PackageKeys.Generate();

    public const string Name = "Statistics Ltd";

    public string PublicKey => PackageKeys.ExportPublicPem(PackageKeys.PublicKeyOf(_key));

    /// <summary>A package as it is built, as a zip; nobody's signature on it.</summary>
    public byte[] Pack(string plugin) => Zip(Files(plugin, []));

    /// <summary>A package with the publisher's signature.</summary>
    /// <param name="plugin">Its directory.</param>
    /// <param name="edits">What is replaced in its manifest: a new version.</param>
    public async Task<byte[]> PackSignedAsync(string plugin, params (string Old, string New)[] edits)
    {
        var files = Files(plugin, edits);
        await using var runtime = new JavaScriptRuntime();
        var verification = await new PackageVerifier(new JavaScriptAnalyzer(runtime)).VerifyPackageAsync(PackageSource.FromBytes(plugin + ".zip", Zip(files)), PackageTrust.None);
        var package = verification.Package ?? throw new InvalidOperationException(string.Join('\n', verification.Findings.Select(f => f.ToString())));
        var signature = PackageSigner.Sign(package, _key);
        return Zip([.. files, (signature.Path, signature.Content.ToArray())]);
    }

    private List<(string Path, byte[] Content)> Files(string plugin, (string Old, string New)[] edits)
    {
        var files = new List<(string, byte[])>();
        foreach (string path in Directory.EnumerateFiles(Path.Combine(packages, plugin)).Order(StringComparer.Ordinal))
        {
            byte[] content = File.ReadAllBytes(path);
            if (Path.GetFileName(path) == "plugin.yaml") content = Encoding.UTF8.GetBytes(edits.Aggregate(Encoding.UTF8.GetString(content), (text, edit) => text.Replace(edit.Old, edit.New, StringComparison.Ordinal)));
            files.Add((Path.GetFileName(path), content));
        }

        return files;
    }

    private static byte[] Zip(IEnumerable<(string Path, byte[] Content)> files)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, content) in files)
            {
                using var entry = zip.CreateEntry(path).Open();
                entry.Write(content);
            }
        }

        return bytes.ToArray();
    }
}
