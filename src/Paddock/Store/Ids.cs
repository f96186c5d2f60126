using System.Security.Cryptography;

namespace Paddock.Store;

/// <summary>Opaque ids: a kind and 130 random bits. They cannot be guessed, and nothing is ever made a path of them.</summary>
internal static class Ids
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";

    public static string Plugin() => New("plg_");

    public static string Execution() => New("exe_");

    public static string Grant() => New("grt_");

    public static string Request() => New("req_");

    private static string New(string kind) => kind + RandomNumberGenerator.GetString(Alphabet, 26);
}
