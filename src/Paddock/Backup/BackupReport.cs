namespace Paddock;

/// <summary>What a backup holds.</summary>
/// <param name="File">Absolute path of the backup.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="PackageFiles">Files of packages in it.</param>
/// <param name="AuditHead">The audit's head as it is in the backup; write it down elsewhere. Null where the audit is empty.</param>
/// <param name="Keys">Absolute path of the file with its keys; null where they were left out.</param>
public sealed record BackupReport(string File, long Bytes, int PackageFiles, AuditHead? AuditHead, string? Keys);
