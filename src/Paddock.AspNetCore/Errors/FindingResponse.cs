namespace Paddock.AspNetCore;

/// <summary>A finding as it is sent.</summary>
internal sealed record FindingResponse(string Code, string Message, string Severity, string? Path, string? Mend, int? Line, int? Column)
{
    public static FindingResponse From(Finding finding)
    {
        ArgumentNullException.ThrowIfNull(finding);
        string severity = finding.Severity switch
        {
            FindingSeverity.Information => "information",
            FindingSeverity.Warning => "warning",
            _ => "error",
        };
        return new(finding.Code, finding.Message, severity, finding.Path, finding.Mend, finding.Line, finding.Column);
    }

    public static FindingResponse[] FromAll(IEnumerable<Finding> findings) => [.. findings.Select(From)];
}
