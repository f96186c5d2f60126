namespace Paddock;

/// <summary>How much a finding matters.</summary>
public enum FindingSeverity
{
    /// <summary>Worth knowing.</summary>
    Information,

    /// <summary>A named weakening: allowed, and reported wherever the plugin is shown.</summary>
    Warning,

    /// <summary>The package, policy or request is refused.</summary>
    Error,
}

/// <summary>One thing that is wrong or weak in a package, a policy or a request. Findings are collected, all of them, before anything is refused.</summary>
/// <param name="Code">Stable code (<c>PDK1xxx</c> or a dialect's own, such as <c>ENTRY_FILE_MISSING</c>). Programs and tests match this.</param>
/// <param name="Message">What is wrong, in which place; for people.</param>
public sealed record Finding(string Code, string Message)
{
    /// <summary>Severity; an error by default.</summary>
    public FindingSeverity Severity { get; init; } = FindingSeverity.Error;

    /// <summary>The field or file concerned (<c>permissions[1].scope</c>), when there is one.</summary>
    public string? Path { get; init; }

    /// <summary>How to mend it.</summary>
    public string? Mend { get; init; }

    /// <summary>One-based line in the file named by <see cref="Path"/>; null where there is none.</summary>
    public int? Line { get; init; }

    /// <summary>One-based column; null where there is none.</summary>
    public int? Column { get; init; }
}
