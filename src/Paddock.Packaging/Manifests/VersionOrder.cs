namespace Paddock.Packaging;

/// <summary>The order of versions (SemVer 2.0 §11; build metadata does not count).</summary>
public static class VersionOrder
{
    /// <summary>Below, at or above zero as the first is lower, equal or higher. What is no version is lower than all that are.</summary>
    public static int Compare(string first, string second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return Comparer<SemanticVersion>.Default.Compare(SemanticVersion.Parse(first), SemanticVersion.Parse(second));
    }
}
