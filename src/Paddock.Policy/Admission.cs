using Paddock.Packaging;

namespace Paddock.Policy;

/// <summary>A verified package and the terms on which it may run. Only <see cref="PolicyEngine"/> makes one, so holding one is the proof that policy was asked.</summary>
public sealed class Admission
{
    internal Admission(VerifiedPackage package, PolicyStatus status, IsolationLevel isolation, Limits limits, IReadOnlyList<Finding> findings)
    {
        Package = package;
        Status = status;
        Isolation = isolation;
        Limits = limits;
        Findings = findings;
    }

    /// <summary>What was admitted.</summary>
    public VerifiedPackage Package { get; }

    /// <summary>Whether it may run.</summary>
    public PolicyStatus Status { get; }

    /// <summary>Least isolation under which it may run.</summary>
    public IsolationLevel Isolation { get; }

    /// <summary>Limits of its calls: for each, the lower of what it asked for and what policy allows.</summary>
    public Limits Limits { get; }

    /// <summary>Named weakenings that were accepted. Shown wherever the plugin is.</summary>
    public IReadOnlyList<Finding> Findings { get; }
}
