using System.Security.Cryptography;
using System.Text;

namespace Paddock.HostApi.Databases;

/// <summary>Makes what PostgreSQL keeps of a password (RFC 5803), so that the password itself is never in a statement that a server logs.</summary>
internal static class ScramVerifier
{
    private const int Iterations = 4096, HashBytes = 32;

    internal static string Of(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        var salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, Iterations, HashAlgorithmName.SHA256, HashBytes);
        var stored = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        var server = HMACSHA256.HashData(salted, "Server Key"u8);
        return $"SCRAM-SHA-256${Iterations}:{Convert.ToBase64String(salt)}${Convert.ToBase64String(stored)}:{Convert.ToBase64String(server)}";
    }
}
