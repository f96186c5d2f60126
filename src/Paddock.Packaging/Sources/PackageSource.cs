namespace Paddock.Packaging;

/// <summary>Where a package comes from. Reading it is bounded and happens once: the bytes that are verified are the bytes that run.</summary>
public abstract class PackageSource
{
    private protected PackageSource(string name) => Name = name;

    /// <summary>Name of the directory or file, without what surrounds it; for messages, and the name of a plugin that has no other.</summary>
    public string Name { get; }

    /// <summary>A directory with a manifest in it.</summary>
    /// <param name="path">Of the host's own: links in it are followed, links beneath it are refused.</param>
    public static PackageSource FromDirectory(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return new DirectorySource(Path.GetFullPath(path));
    }

    /// <summary>A single .wasm or .js, or a .zip. A file <c>PATH.sig</c> beside it is read with it.</summary>
    /// <param name="path">Of the host's own: links in its directories are followed, the file itself must not be one.</param>
    public static PackageSource FromFile(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return new FileSource(Path.GetFullPath(path));
    }

    /// <summary>The same from memory, as it was uploaded.</summary>
    /// <param name="name">Name of the file. Only what stands after the last separator counts.</param>
    /// <param name="content">Its bytes; copied when the package is read.</param>
    /// <param name="signature">Content of the <c>.sig</c> file that came with it; null for none.</param>
    public static PackageSource FromBytes(string name, ReadOnlyMemory<byte> content, ReadOnlyMemory<byte>? signature = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new BytesSource(name[(name.AsSpan().LastIndexOfAny('/', '\\') + 1)..], content, signature);
    }

    /// <summary>Reads all of it, and reports what cannot be read.</summary>
    internal abstract void Read(PackageContents contents, CancellationToken cancellationToken);

    /// <summary>What a single file is, by its name and its first bytes, which must agree.</summary>
    private protected static void ReadSingle(string name, ReadOnlyMemory<byte> content, ReadOnlyMemory<byte>? signature, PackageContents contents, CancellationToken cancellationToken)
    {
        string extension = Path.GetExtension(name).ToUpperInvariant();
        bool zip = content.Span.StartsWith("PK\u0003\u0004"u8) || content.Span.StartsWith("PK\u0005\u0006"u8), wasm = content.Span.StartsWith("\0asm"u8);
        // SECURITY: a name that says one kind and content of another: scanners go by the one, the host by the other.
        if (extension == ".ZIP" && zip)
        {
            Archives.ZipReader.Read(content, contents, cancellationToken);
        }
        else if ((extension == ".WASM" && wasm) || (extension == ".JS" && !wasm && !zip))
        {
            contents.SingleFile = name;
            contents.SidecarSignature = signature;
            contents.Add(name, content);
        }
        else
        {
            contents.Report(PackageCodes.KindUnknown, "The file is neither a WebAssembly module (.wasm), nor JavaScript (.js), nor a zip (.zip), or its content is not what its name says.", Printable.Text(name));
        }
    }
}
