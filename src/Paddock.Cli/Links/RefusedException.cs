namespace Paddock.Cli;

/// <summary>A host refused what it was asked.</summary>
internal sealed class RefusedException(string code, string message, IReadOnlyList<Finding> findings) : Exception(message)
{
    public string Code => code;

    public IReadOnlyList<Finding> Findings => findings;
}
