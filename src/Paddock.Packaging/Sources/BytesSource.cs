namespace Paddock.Packaging;

/// <summary>A file in memory.</summary>
internal sealed class BytesSource(string name, ReadOnlyMemory<byte> content, ReadOnlyMemory<byte>? signature) : PackageSource(name)
{
    internal override void Read(PackageContents contents, CancellationToken cancellationToken)
    {
        if (content.Length > contents.Limits.TotalBytes)
            contents.Report(PackageCodes.TotalTooLarge, $"The file has {content.Length} bytes.", Printable.Text(Name), $"{contents.Limits.TotalBytes} are allowed.");
        else
            ReadSingle(Name, content, signature is { Length: var length } && length > contents.Limits.SignatureBytes ? ReadOnlyMemory<byte>.Empty : signature, contents, cancellationToken);
    }
}
