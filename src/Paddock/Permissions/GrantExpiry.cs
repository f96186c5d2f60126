namespace Paddock;

/// <summary>Until when a grant shall hold: an instant, or a number of days from now, or neither for 30 days.</summary>
/// <param name="At">First instant at which it no longer holds.</param>
/// <param name="Days">Days from now, 1 to 365.</param>
public sealed record GrantExpiry(DateTimeOffset? At = null, int? Days = null)
{
    internal const int DefaultDays = 30;
    internal const int MostDays = 365;

    /// <summary>The host's default: 30 days from the moment of granting.</summary>
    public static GrantExpiry Default { get; } = new();

    internal Result<DateTimeOffset> Resolve(DateTimeOffset now)
    {
        if (At is not null && Days is not null) return Invalid("expiresInDays", "Both an instant and a number of days are given.");
        if (Days is < 1 or > MostDays) return Invalid("expiresInDays", "The number of days is out of range.");
        if (At is not { } at) return now.AddDays(Days ?? DefaultDays);
        if (at <= now || at > now.AddDays(MostDays)) return Invalid("expiresAt", "The instant is past or too far away.");
        return at.ToUniversalTime();
    }

    private static ServiceError Invalid(string path, string message) => ServiceError.Invalid([
        new Finding(ServiceErrorCodes.ExpiryInvalid, message) { Path = path, Mend = $"Give expiresAt or expiresInDays, from now up to {MostDays} days; leave both out for {DefaultDays} days." },
    ]);
}
