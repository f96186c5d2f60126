namespace Paddock.Packaging;

/// <summary>The stable codes of findings about a draft. The names are those of the Gitu interface, with a few of the same style where it has none.</summary>
public static class FindingCodes
{
    /// <summary>The body is no JSON object, or a member stands in it twice.</summary>
    public const string BodyInvalid = "BODY_INVALID";

    /// <summary>A member that is not known.</summary>
    public const string FieldUnknown = "FIELD_UNKNOWN";

    /// <summary>No name, or one of less than two characters.</summary>
    public const string NameRequired = "NAME_REQUIRED";

    /// <summary>The name is too long or has control, formatting or unassigned characters.</summary>
    public const string NameInvalid = "NAME_INVALID";

    /// <summary>The description is no text, too long, or has control characters.</summary>
    public const string DescriptionInvalid = "DESCRIPTION_INVALID";

    /// <summary>No code, or less than ten characters of it.</summary>
    public const string CodeRequired = "CODE_REQUIRED";

    /// <summary>More than 200,000 characters of code.</summary>
    public const string CodeTooLarge = "CODE_TOO_LARGE";

    /// <summary>The code is no Unicode text (a lone surrogate).</summary>
    public const string CodeInvalid = "CODE_INVALID";

    /// <summary>The code uses something the sandbox does not have.</summary>
    public const string CodeDisallowed = "CODE_DISALLOWED";

    /// <summary>The code does not parse.</summary>
    public const string CodeCompileError = ErrorCodes.CompileError;

    /// <summary>The code could not be analysed.</summary>
    public const string CodeAnalysisFailed = "CODE_ANALYSIS_FAILED";

    /// <summary>The enabled flag is neither true nor false.</summary>
    public const string EnabledInvalid = "ENABLED_INVALID";

    /// <summary>The entry point is no name of an export.</summary>
    public const string EntryPointInvalid = "ENTRYPOINT_INVALID";

    /// <summary>The config is no JSON object, or too large.</summary>
    public const string ConfigInvalid = "CONFIG_INVALID";

    /// <summary>The container's plugin.yaml is not valid.</summary>
    public const string ManifestInvalid = "PLUGIN_MANIFEST_INVALID";

    /// <summary>A container plugin without files.</summary>
    public const string FilesRequired = "FILES_REQUIRED";

    /// <summary>More than 50 files.</summary>
    public const string FilesTooMany = "FILES_TOO_MANY";

    /// <summary>A file name that is no plain relative path, or collides with another.</summary>
    public const string FileNameInvalid = "FILE_NAME_INVALID";

    /// <summary>A file whose content is no text.</summary>
    public const string FileContentInvalid = "FILE_CONTENT_INVALID";

    /// <summary>A file of more than 500,000 characters.</summary>
    public const string FileTooLarge = "FILE_TOO_LARGE";

    /// <summary>Files of more than 2,000,000 characters in all.</summary>
    public const string FilesTotalTooLarge = "FILES_TOTAL_TOO_LARGE";

    /// <summary>The manifest's entry is none of the files.</summary>
    public const string EntryFileMissing = "ENTRY_FILE_MISSING";

    /// <summary>The stored package is not the one that was verified.</summary>
    public const string DigestMismatch = "PACKAGE_DIGEST_MISMATCH";
}
