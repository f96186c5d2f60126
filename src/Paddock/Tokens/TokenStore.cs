using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Microsoft.Data.Sqlite;
using Paddock.Store;

namespace Paddock.Tokens;

internal sealed class TokenStore(Database database, TimeProvider clock) : ITokenStore
{
    private const int RandomBytes = 32;
    private const int LongestToken = 128;

    public async ValueTask<FirstTokens?> EnsureFirstTokensAsync(CancellationToken cancellationToken) =>
        await database.WriteAsync(MakeFirst, cancellationToken).ConfigureAwait(false);

    public async ValueTask<string> CreateAsync(Principal principal, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(principal);
        return await database.WriteAsync(connection => Insert(connection, principal), cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<Principal?> AuthenticateAsync(string token, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(token) || token.Length > LongestToken) return ValueTask.FromResult<Principal?>(null);
        // SECURITY: guessing a token by timing. What is compared is a SHA-256 of what the caller sent, which the caller
        // cannot steer towards a stored one; how far a lookup among such hashes gets says nothing about any token.
        byte[] hash = Hash(token);
        var row = database.Read(connection => connection.QuerySingleOrDefault<TokenRow>(
            "SELECT hash, tenant, owner, role FROM tokens WHERE hash = @hash", new { hash }));
        bool same = row is not null && CryptographicOperations.FixedTimeEquals(row.Hash, hash);
        return ValueTask.FromResult(same ? new Principal(row!.Tenant, row.Owner, (PrincipalRole)row.Role) : null);
    }

    private FirstTokens? MakeFirst(SqliteConnection connection)
    {
        if (connection.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM tokens)")) return null;
        return new FirstTokens(
            Insert(connection, new Principal(Principal.DefaultTenant, "author", PrincipalRole.Author)),
            Insert(connection, new Principal(Principal.DefaultTenant, "operator", PrincipalRole.Operator)));
    }

    private string Insert(SqliteConnection connection, Principal principal)
    {
        string token = Prefix(principal.Role) + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));
        connection.Execute(
            "INSERT INTO tokens (hash, tenant, owner, role, created_at) VALUES (@Hash, @Tenant, @Owner, @Role, @Now)",
            new { Hash = Hash(token), principal.Tenant, principal.Owner, Role = (int)principal.Role, Now = Time.Stored(clock.GetUtcNow()) });
        return token;
    }

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private static string Prefix(PrincipalRole role) => role switch
    {
        PrincipalRole.Agent => "pdk_agent_",
        PrincipalRole.Author => "pdk_author_",
        PrincipalRole.Operator => "pdk_operator_",
        _ => throw new ArgumentOutOfRangeException(nameof(role)),
    };

    private sealed class TokenRow
    {
        public byte[] Hash { get; set; } = [];

        public string Tenant { get; set; } = "";

        public string Owner { get; set; } = "";

        public long Role { get; set; }
    }
}
