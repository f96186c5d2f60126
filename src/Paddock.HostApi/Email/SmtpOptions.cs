namespace Paddock.HostApi.Email;

/// <summary>The mail server through which plugins' mails go, and what a mail may be.</summary>
public sealed record SmtpOptions
{
    /// <summary>The server's name or address.</summary>
    public required string Host { get; init; }

    /// <summary>Its port. Default 587.</summary>
    public int Port { get; init; } = 587;

    /// <summary>Whether the connection must turn to TLS (STARTTLS) before a mail goes over it; one that cannot is not used. Default true. A server that begins with TLS (port 465) is not supported.</summary>
    public bool StartTls { get; init; } = true;

    /// <summary>Name to sign in with; null for none. Needs <see cref="StartTls"/>.</summary>
    public string? UserName { get; init; }

    /// <summary>Password to sign in with.</summary>
    public string? Password { get; init; }

    /// <summary>The sender of every mail, on its envelope and in its header. A plugin cannot choose another.</summary>
    public required string From { get; init; }

    /// <summary>The sender's name, as readers see it; null for none.</summary>
    public string? FromName { get; init; }

    /// <summary>Most recipients of one mail. Default 10.</summary>
    public int Recipients { get; init; } = 10;

    /// <summary>Most characters of a subject. Default 200.</summary>
    public int SubjectLength { get; init; } = 200;

    /// <summary>Most bytes of a body in UTF-8. Default 256 KiB.</summary>
    public int BodyBytes { get; init; } = 256 << 10;

    /// <summary>Longest time until the server has taken a mail; the call's own limit holds too. Default 30 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Without the password, which would otherwise be in every log of options.</summary>
    public override string ToString() => $"{nameof(SmtpOptions)} {{ {Host}:{Port}, From = {From} }}";
}
