namespace Paddock.HostApi.Http;

/// <summary>What a plugin's grants say of one URL.</summary>
/// <param name="Grant">The grant that covers it.</param>
/// <param name="NamesPrivate">A grant names this very address.</param>
/// <param name="TakesSecrets">Secrets may go there: a grant names the host, and the way is encrypted or was said not to be.</param>
internal sealed record HttpAdmission(Grant Grant, bool NamesPrivate, bool TakesSecrets)
{
    /// <summary>Null when no grant covers it.</summary>
    internal static HttpAdmission? Find(IReadOnlyList<Grant> held, HttpUrl url)
    {
        HttpAdmission? found = null;
        foreach (var grant in held)
        {
            foreach (var scope in HttpScope.Of(grant.Permission))
            {
                if (!scope.Covers(url)) continue;

                // SECURITY: under "*" a plugin could have its secret sent to a host of its own choosing.
                var takesSecrets = !scope.IsAnyHost && (url.IsHttps || scope.SaysClearText);
                found ??= new HttpAdmission(grant, false, false);
                found = found with { NamesPrivate = found.NamesPrivate || scope.NamesPrivate, TakesSecrets = found.TakesSecrets || takesSecrets };
            }
        }

        return found;
    }
}
