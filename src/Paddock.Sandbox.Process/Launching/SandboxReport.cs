namespace Paddock.Sandbox.Process;

/// <summary>What a machine can enforce, part by part.</summary>
/// <param name="Parts">All parts that were looked at. A part that cannot be judged before another is there is left out.</param>
public sealed record SandboxReport(IReadOnlyList<SandboxPart> Parts)
{
    /// <summary>Whether programs can be started.</summary>
    public bool IsComplete => Parts.All(part => part.IsEnforced);

    /// <summary>A finding for each part that is missing, with how to get it.</summary>
    public IReadOnlyList<Finding> Missing =>
        [.. Parts.Where(part => !part.IsEnforced).Select(part => new Finding(part.Code, $"{part.Name}: {part.Detail}.") { Mend = part.Mend })];
}
