using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Paddock.Registries;

/// <summary>Packages as an index of Python and a registry of npm serve them.</summary>
internal static class Published
{
    /// <summary>A wheel with one module, and its page in the simple index. Its hash is the answer.</summary>
    public static string PutWheel(this LocalRegistry registry, string name, string source, Uri? files = null, int padding = 0)
    {
        byte[] wheel = Wheel(name, source, padding);
        string file = $"{name}-1.0-py3-none-any.whl";
        registry.Put($"/files/{file}", wheel);
        registry.Put($"/simple/{name}/", Encoding.UTF8.GetBytes($"""<!DOCTYPE html><html><body><a href="{files ?? registry.Address}files/{file}">{file}</a></body></html>"""), "text/html");
        return Convert.ToHexStringLower(SHA256.HashData(wheel));
    }

    /// <summary>A source distribution whose build leaves a canary.</summary>
    public static void PutSource(this LocalRegistry registry, string name)
    {
        using var bytes = new MemoryStream();
        using (var zip = new GZipStream(bytes, CompressionMode.Compress, leaveOpen: true))
        using (var tar = new TarWriter(zip))
        {
            AddText(tar, $"{name}-1.0/setup.py", $"import os\nopen(os.environ.get('CANARY', '/app/pwned'), 'w').write('CANARY')\nfrom setuptools import setup\nsetup(name='{name}', version='1.0')\n");
            AddText(tar, $"{name}-1.0/PKG-INFO", $"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n");
        }

        registry.Put($"/files/{name}-1.0.tar.gz", bytes.ToArray());
        registry.Put($"/simple/{name}/", Encoding.UTF8.GetBytes($"""<!DOCTYPE html><html><body><a href="/files/{name}-1.0.tar.gz">{name}-1.0.tar.gz</a></body></html>"""), "text/html");
    }

    /// <summary>A package that <c>npm pack</c> made, and its document. Its integrity is the answer.</summary>
    public static async Task<string> PutNodeAsync(this LocalRegistry registry, string name, string packageJson, string source, Uri? files = null)
    {
        var folder = Directory.CreateTempSubdirectory("pdk");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "package.json"), packageJson);
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "index.js"), source);
            var start = new ProcessStartInfo("npm", ["pack", "--ignore-scripts", "--loglevel", "error", "--cache", Path.Combine(folder.FullName, "cache")]) { WorkingDirectory = folder.FullName, RedirectStandardOutput = true };
            using var npm = Process.Start(start)!;
            string file = (await npm.StandardOutput.ReadToEndAsync()).Trim();
            await npm.WaitForExitAsync();
            byte[] packed = await File.ReadAllBytesAsync(Path.Combine(folder.FullName, file));
            string integrity = $"sha512-{Convert.ToBase64String(SHA512.HashData(packed))}";
            string tarball = $"{files ?? registry.Address}{name}/-/{file}";
            registry.Put($"/{name}/-/{file}", packed);
            registry.Put($"/{name}", Encoding.UTF8.GetBytes($$$"""
                {"name":"{{{name}}}","dist-tags":{"latest":"1.0.0"},"versions":{"1.0.0":{{{Merged(packageJson, tarball, integrity)}}}}}
                """), "application/json");
            return integrity;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>A lock file of one package.</summary>
    public static string NodeLock(string name, Uri files, string integrity) => $$$"""
        {"name":"x","lockfileVersion":3,"requires":true,"packages":{
          "":{"dependencies":{"{{{name}}}":"1.0.0"}},
          "node_modules/{{{name}}}":{"version":"1.0.0","resolved":"{{{files}}}{{{name}}}/-/{{{name}}}-1.0.0.tgz","integrity":"{{{integrity}}}"}
        }}
        """;

    private static string Merged(string packageJson, string tarball, string integrity)
    {
        var document = System.Text.Json.Nodes.JsonNode.Parse(packageJson)!;
        if (document["scripts"] is not null) document["hasInstallScript"] = true;
        document["dist"] = System.Text.Json.Nodes.JsonNode.Parse(JsonSerializer.Serialize(new { tarball, integrity }));
        return document.ToJsonString();
    }

    private static byte[] Wheel(string name, string source, int padding)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            string info = $"{name}-1.0.dist-info";
            Add(zip, $"{name}.py", source);
            if (padding > 0) Add(zip, $"{name}_data.txt", new string('x', padding));
            Add(zip, $"{info}/METADATA", $"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n");
            Add(zip, $"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: paddock\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
            Add(zip, $"{info}/RECORD", $"{name}.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n");
        }

        return bytes.ToArray();
    }

    private static void Add(ZipArchive zip, string name, string text)
    {
        using var stream = zip.CreateEntry(name).Open();
        stream.Write(Encoding.UTF8.GetBytes(text));
    }

    private static void AddText(TarWriter tar, string name, string text) =>
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) });
}
