using System.Security.Cryptography;

namespace Paddock.Samples.HelpDesk.Accounts;

/// <summary>Passwords and their hashes: <c>iterations.salt.hash</c> in base64, PBKDF2 with SHA-256.</summary>
internal static class Passwords
{
    private const int Iterations = 600_000, SaltBytes = 16, HashBytes = 32;

    public static string Generate() => RandomNumberGenerator.GetString("abcdefghijkmnpqrstuvwxyz23456789", 16);

    public static string Hash(string password)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return $"{Iterations}.{Convert.ToBase64String(salt)}.{Convert.ToBase64String(Derive(password, salt, Iterations))}";
    }

    public static bool Verify(string password, string hash)
    {
        string[] parts = hash.Split('.');
        return CryptographicOperations.FixedTimeEquals(
            Derive(password, Convert.FromBase64String(parts[1]), int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture)), Convert.FromBase64String(parts[2]));
    }

    private static byte[] Derive(string password, byte[] salt, int iterations) => Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA256, HashBytes);
}
