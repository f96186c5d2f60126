namespace Paddock;

/// <summary>Bearer tokens. Kept as SHA-256 only: a token that is lost cannot be shown again.</summary>
public interface ITokenStore
{
    /// <summary>Makes an author's and an operator's token of the default tenant on the first start; null when any token exists.</summary>
    ValueTask<FirstTokens?> EnsureFirstTokensAsync(CancellationToken cancellationToken = default);

    /// <summary>Makes a token: <c>pdk_ROLE_</c> and 256 random bits. It is returned this once.</summary>
    ValueTask<string> CreateAsync(Principal principal, CancellationToken cancellationToken = default);

    /// <summary>Whose token it is; null for any other text, whatever its form.</summary>
    ValueTask<Principal?> AuthenticateAsync(string token, CancellationToken cancellationToken = default);
}
