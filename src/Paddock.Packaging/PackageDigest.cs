using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Paddock.Packaging;

/// <summary>The digest that names a package: what consent, grants and caches are bound to.</summary>
/// <remarks>
/// SHA-256 over this byte string, integers big-endian, <c>text</c> being a 32-bit byte count followed by UTF-8:
/// <code>
/// text   "paddock-package-v1"        domain separation: no other hash of this product starts so
/// text   runtime                     javascript | wasm | python | node | container
/// u8     1 and text, or 0            runtime version (node18), absent otherwise
/// text   entry                       path of the file that is run
/// u8     1 and text, or 0            entry point; absent differs from empty
/// u32    number of files
/// then for each file, by path, in the order of the UTF-8 bytes:
///   text   path
///   u64    length in bytes
///   32 B   SHA-256 of the content
/// </code>
/// Every part is of fixed length or carries its length, so two packages that differ in any of these have different
/// encodings. Name, description and config are left out: they change neither what runs nor what it may do.
/// </remarks>
public static class PackageDigest
{
    private const string Domain = "paddock-package-v1";

    /// <param name="manifest">What it says of how it starts.</param>
    /// <param name="files">In the order of their paths' bytes.</param>
    internal static string Compute(PluginManifest manifest, IReadOnlyList<PackageFile> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        AppendText(hash, Domain);
        AppendText(hash, RuntimeName(manifest.Runtime));
        AppendOptional(hash, manifest.RuntimeVersion);
        AppendText(hash, manifest.Entry);
        AppendOptional(hash, manifest.EntryPoint);
        AppendUInt32(hash, (uint)files.Count);
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        foreach (var file in files)
        {
            AppendText(hash, file.Path);
            BinaryPrimitives.WriteUInt64BigEndian(length, (ulong)file.Content.Length);
            hash.AppendData(length);
            hash.AppendData(Convert.FromHexString(file.Sha256));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    // A stored digest must not change when an enum member is renamed, so the names are spelled out.
    private static string RuntimeName(PluginRuntime runtime) => runtime switch
    {
        PluginRuntime.JavaScript => "javascript",
        PluginRuntime.Wasm => "wasm",
        PluginRuntime.Python => "python",
        PluginRuntime.Node => "node",
        PluginRuntime.Container => "container",
        PluginRuntime.Dotnet => "dotnet",
        PluginRuntime.GoPlugin => "go-plugin",
        PluginRuntime.Command => "command",
        PluginRuntime.Template => "template",
        _ => throw new ArgumentOutOfRangeException(nameof(runtime)),
    };

    private static void AppendOptional(IncrementalHash hash, string? text)
    {
        hash.AppendData(text is null ? [0] : [1]);
        if (text is not null) AppendText(hash, text);
    }

    private static void AppendText(IncrementalHash hash, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        AppendUInt32(hash, (uint)bytes.Length);
        hash.AppendData(bytes);
    }

    private static void AppendUInt32(IncrementalHash hash, uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        hash.AppendData(bytes);
    }
}
