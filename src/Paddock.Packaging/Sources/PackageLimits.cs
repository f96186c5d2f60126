namespace Paddock.Packaging;

/// <summary>How much a package may hold.</summary>
internal sealed record PackageLimits
{
    public static PackageLimits Default { get; } = new();

    public long FileBytes { get; init; } = 100_000_000;

    public long TotalBytes { get; init; } = 500_000_000;

    public int Files { get; init; } = 1000;

    /// <summary>How many times its own size a zip may unpack to, beyond <see cref="RatioFrom"/>.</summary>
    public int Ratio { get; init; } = 100;

    /// <summary>Below this many bytes unpacked, the ratio does not matter.</summary>
    public long RatioFrom { get; init; } = 16 << 20;

    public int SignatureBytes { get; init; } = 16 << 10;

    public int ManifestBytes { get; init; } = 1 << 20;
}
