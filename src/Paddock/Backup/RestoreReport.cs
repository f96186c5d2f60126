namespace Paddock;

/// <summary>What a restore brought back.</summary>
/// <param name="DataDirectory">Absolute path of the data directory.</param>
/// <param name="CreatedAt">When the backup was made.</param>
/// <param name="PackageFiles">Files of packages.</param>
/// <param name="Audit">What verifying the audit found; null where it was restored without keys, and so begins anew.</param>
/// <param name="SecretsLost">Secrets that are gone because the keys were not given.</param>
public sealed record RestoreReport(string DataDirectory, DateTimeOffset CreatedAt, int PackageFiles, AuditVerification? Audit, int SecretsLost);
