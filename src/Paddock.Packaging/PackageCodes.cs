namespace Paddock.Packaging;

/// <summary>The stable codes of findings about a package. Programs and tests match these, never a message.</summary>
public static class PackageCodes
{
    /// <summary>The package cannot be read: it is not there, or reading failed.</summary>
    public const string Unreadable = "PDK1001";

    /// <summary>The file is no package of a kind that is known (.wasm, .js, .zip).</summary>
    public const string KindUnknown = "PDK1002";

    /// <summary>An entry is neither a file nor a directory (a link, a device), or has a second name outside.</summary>
    public const string FileKind = "PDK1003";

    /// <summary>A file's path is no plain relative path.</summary>
    public const string PathInvalid = "PDK1004";

    /// <summary>Two paths are one on some file system, or a path is a file and a directory.</summary>
    public const string PathCollision = "PDK1005";

    /// <summary>More than 1,000 files.</summary>
    public const string TooManyFiles = "PDK1006";

    /// <summary>A file of more than 100 MB.</summary>
    public const string FileTooLarge = "PDK1007";

    /// <summary>More than 500 MB in all.</summary>
    public const string TotalTooLarge = "PDK1008";

    /// <summary>A file changed while it was read.</summary>
    public const string ChangedWhileRead = "PDK1009";

    /// <summary>The zip is damaged, or has parts that no list names.</summary>
    public const string ArchiveInvalid = "PDK1020";

    /// <summary>An entry of the zip uses something that is not allowed (encryption, a second name, a method).</summary>
    public const string ArchiveUnsupported = "PDK1021";

    /// <summary>Entries of the zip overlap, or leave room between them.</summary>
    public const string ArchiveOverlap = "PDK1022";

    /// <summary>An entry's own header says something else than the zip's directory.</summary>
    public const string ArchiveMismatch = "PDK1023";

    /// <summary>The zip unpacks to far more than it has.</summary>
    public const string ArchiveRatio = "PDK1024";

    /// <summary>An entry's content is not what its size or checksum says.</summary>
    public const string ArchiveContent = "PDK1025";

    /// <summary>A warning: a zip within the package. It is never opened.</summary>
    public const string ArchiveNested = "PDK1026";

    /// <summary>There is no manifest.</summary>
    public const string ManifestMissing = "PDK1100";

    /// <summary>There are two manifests, which could say two things.</summary>
    public const string ManifestSeveral = "PDK1101";

    /// <summary>The text is no YAML or JSON of the plain kind that a manifest is.</summary>
    public const string Syntax = "PDK1102";

    /// <summary>A key that is not known.</summary>
    public const string KeyUnknown = "PDK1103";

    /// <summary>A key or value stands there twice.</summary>
    public const string Duplicate = "PDK1104";

    /// <summary>A key is missing.</summary>
    public const string KeyMissing = "PDK1105";

    /// <summary>A value is not of its form.</summary>
    public const string ValueInvalid = "PDK1106";

    /// <summary>The apiVersion is missing or is not <c>paddock/v1</c>.</summary>
    public const string ApiVersion = "PDK1107";

    /// <summary>A file that the manifest names is not in the package.</summary>
    public const string FileMissing = "PDK1108";

    /// <summary>A permission's type is not known.</summary>
    public const string PermissionUnknown = "PDK1109";

    /// <summary>A permission's access is not one that its type has.</summary>
    public const string AccessInvalid = "PDK1110";

    /// <summary>A permission has no scope.</summary>
    public const string ScopeMissing = "PDK1111";

    /// <summary>A permission's scope is not of the form that its type has.</summary>
    public const string ScopeInvalid = "PDK1112";

    /// <summary>The isolation is weaker than the runtime's.</summary>
    public const string IsolationTooLow = "PDK1113";

    /// <summary>The host is older than the package wants.</summary>
    public const string HostTooOld = "PDK1115";

    /// <summary>A warning: a permission asks for everything of its type.</summary>
    public const string ScopeAll = "PDK1116";

    /// <summary>A warning: a permission of a dialect has no scope and is read as <c>*</c>. It needs explicit approval.</summary>
    public const string ScopeReadAsAll = "PDK1117";

    /// <summary>A warning: the permissions of the GoatKit default policy were added, as the operator's setting says.</summary>
    public const string GoatKitDefaults = "PDK1118";

    /// <summary>The config schema is no JSON Schema of the subset.</summary>
    public const string ConfigSchemaInvalid = "PDK1120";

    /// <summary>A config does not fit its schema.</summary>
    public const string ConfigInvalid = "PDK1121";

    /// <summary>The code does not parse.</summary>
    public const string CodeInvalid = "PDK1122";

    /// <summary>The registration names another plugin than the manifest.</summary>
    public const string RegistrationName = "PDK1131";

    /// <summary>The package already says what it contributes, and its code says it again.</summary>
    public const string RegistrationTwice = "PDK1132";

    /// <summary>A warning: a key that is read by no one.</summary>
    public const string KeyIgnored = "PDK1133";

    /// <summary>Signatures are required, and no trusted key signed the package.</summary>
    public const string SignatureMissing = "PDK1200";

    /// <summary>The signature is not of its form.</summary>
    public const string SignatureMalformed = "PDK1201";

    /// <summary>The key that signed is none of the trusted ones. A warning where signatures are not required.</summary>
    public const string SignatureKeyUnknown = "PDK1202";

    /// <summary>The signature does not fit the package.</summary>
    public const string SignatureWrong = "PDK1203";

    /// <summary>The key that signed is no longer valid, or not yet.</summary>
    public const string KeyExpired = "PDK1204";

    /// <summary>The key that signed was revoked.</summary>
    public const string KeyRevoked = "PDK1205";

    /// <summary>The package was revoked.</summary>
    public const string DigestRevoked = "PDK1206";

    /// <summary>The stored package is not the one that was verified.</summary>
    public const string DigestMismatch = "PDK1207";

    /// <summary>The dialect's own signature is missing where a key for it is set.</summary>
    public const string DialectSignatureMissing = "PDK1208";

    /// <summary>The dialect's own policy file does not permit the plugin, or is missing.</summary>
    public const string DialectPolicy = "PDK1209";
}
