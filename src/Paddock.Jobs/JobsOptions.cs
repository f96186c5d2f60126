namespace Paddock;

/// <summary>How jobs run.</summary>
public sealed class JobsOptions
{
    /// <summary>Tenants whose jobs run. Default: the one of a server that has only one.</summary>
    public IReadOnlyList<string> Tenants { get; set; } = [Principal.DefaultTenant];

    /// <summary>How many runs are under way at once, 1 to 1,000; others wait, and misfire if they wait too long. Runs that an operator asks for are not counted. Default 10.</summary>
    public int Concurrency { get; set; } = 10;

    /// <summary>How late a run may begin before it counts as missed, 1 s to 1 h. Default 60 s.</summary>
    public TimeSpan MisfireThreshold { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a host that stops waits for runs under way before it cancels them, up to 1 h. Default 10 s.</summary>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(10);

    internal bool IsValid =>
        Tenants is { Count: > 0 } && Concurrency is >= 1 and <= 1000
        && MisfireThreshold >= TimeSpan.FromSeconds(1) && MisfireThreshold <= TimeSpan.FromHours(1)
        && ShutdownTimeout >= TimeSpan.Zero && ShutdownTimeout <= TimeSpan.FromHours(1);
}
