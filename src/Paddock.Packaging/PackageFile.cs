namespace Paddock.Packaging;

/// <summary>One file of a package.</summary>
/// <param name="Path">Path within the package; <c>/</c> separates segments.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="Sha256">SHA-256 of the bytes, lower-case hex.</param>
public sealed record PackageFile(string Path, ReadOnlyMemory<byte> Content, string Sha256);

/// <summary>Who signed a package.</summary>
/// <param name="KeyId">Id of the key: SHA-256 of its 32 bytes, lower-case hex.</param>
/// <param name="Name">The name that the operator gave the key; never one from the package.</param>
public sealed record Publisher(string KeyId, string Name);
