using Paddock.Packaging;

namespace Paddock.Policy;

/// <summary>Decides on what terms a package may run. Pure: the same package and policy always give the same admission.</summary>
public static class PolicyEngine
{
    /// <summary>Code of the weakening that unsigned code runs in the host's process.</summary>
    public const string UnsignedInProcess = "UNSIGNED_IN_PROCESS";

    /// <summary>Decides.</summary>
    public static Admission Decide(VerifiedPackage package, PluginPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(package);
        ArgumentNullException.ThrowIfNull(policy);
        var isolation = (IsolationLevel)Math.Max((int)package.Manifest.Isolation, (int)policy.IsolationFloor);
        var findings = new List<Finding>();
        if (package.Signature == SignatureState.Unsigned && isolation == IsolationLevel.InProcess)
        {
            findings.Add(new Finding(UnsignedInProcess, "Unsigned code runs in the host's process, behind the WebAssembly engine alone.")
            {
                Severity = FindingSeverity.Warning,
                Mend = "Raise the isolation floor once another level is available.",
            });
        }

        return new Admission(package, policy.Status, isolation, Lower(package.Manifest.Limits ?? policy.LimitCeiling, policy.LimitCeiling), findings);
    }

    private static Limits Lower(Limits asked, Limits ceiling) => new()
    {
        Timeout = asked.Timeout < ceiling.Timeout ? asked.Timeout : ceiling.Timeout,
        InitTimeout = asked.InitTimeout < ceiling.InitTimeout ? asked.InitTimeout : ceiling.InitTimeout,
        MemoryBytes = Math.Min(asked.MemoryBytes, ceiling.MemoryBytes),
        StackBytes = Math.Min(asked.StackBytes, ceiling.StackBytes),
        ResultBytes = Math.Min(asked.ResultBytes, ceiling.ResultBytes),
        LogBytes = Math.Min(asked.LogBytes, ceiling.LogBytes),
        LogEntries = Math.Min(asked.LogEntries, ceiling.LogEntries),
        HostCalls = Math.Min(asked.HostCalls, ceiling.HostCalls),
    };
}
