namespace Paddock.Cli;

/// <summary>What the tool's exit codes mean; README.md lists them.</summary>
internal static class ExitCode
{
    public const int Completed = 0;
    public const int GuestFault = 1;
    public const int SandboxMissing = 1;
    public const int Usage = 2;
    public const int LimitExceeded = 3;
    public const int Denied = 4;
    public const int HostError = 5;
    public const int Cancelled = 130;

    public static int Of(CallStatus status) => status switch
    {
        CallStatus.Completed => Completed,
        CallStatus.GuestFault => GuestFault,
        CallStatus.LimitExceeded => LimitExceeded,
        CallStatus.Denied => Denied,
        CallStatus.Cancelled => Cancelled,
        _ => HostError,
    };
}
