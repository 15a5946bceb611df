using Fogbank.Services.Ecr.Domain;
using Fogbank.Store;

namespace Fogbank.Services.Ecr.Store;

/// <summary>Tables of the registry, in a database of their own. Every key begins with account, region and, but for templates and settings, repository.</summary>
internal static class EcrSchema
{
    internal const string SubjectIndex = "subject";
    internal const string DigestIndex = "digest";

    /// <summary>Key: account, region, name.</summary>
    internal static readonly Table<RepositoryRecord> Repositories = new("ecr.repository", EcrJson.Default.RepositoryRecord);

    /// <summary>Key: account, region, repository, digest. Holds the manifest's bytes; blobs are held by links.</summary>
    internal static readonly Table<ImageRecord> Images = new("ecr.image", EcrJson.Default.ImageRecord)
    {
        Indexes = [new(SubjectIndex, static image => image.Subject)],
        Blobs = static image => [new BlobId(image.ManifestBlob)],
    };

    /// <summary>Key: account, region, repository, tag.</summary>
    internal static readonly Table<TagRecord> Tags = new("ecr.tag", EcrJson.Default.TagRecord)
    {
        Indexes = [new(DigestIndex, static tag => tag.Digest)],
    };

    /// <summary>Key: account, region, repository, digest. Due when an unused blob's time is up.</summary>
    internal static readonly Table<BlobLinkRecord> Links = new("ecr.blob", EcrJson.Default.BlobLinkRecord)
    {
        WakeAt = static link => link.ExpiresAt,
        Blobs = static link => [new BlobId(link.Blob)],
    };

    /// <summary>Key: account, region, repository, upload id. Due when nothing has arrived for too long.</summary>
    internal static readonly Table<UploadRecord> Uploads = new("ecr.upload", EcrJson.Default.UploadRecord)
    {
        WakeAt = static upload => upload.ExpiresAt,
        Blobs = static upload => upload.Parts.Select(static part => new BlobId(part.Blob)),
    };

    /// <summary>Key: account, region, prefix.</summary>
    internal static readonly Table<CreationTemplateRecord> Templates = new("ecr.template", EcrJson.Default.CreationTemplateRecord);

    /// <summary>Key: account, region, name of the setting.</summary>
    internal static readonly Table<AccountSettingRecord> Settings = new("ecr.setting", EcrJson.Default.AccountSettingRecord);

    internal static readonly DatabaseSchema Schema = new()
    {
        Database = "ecr",
        Owner = "ecr",
        Tables = [Repositories, Images, Tags, Links, Uploads, Templates, Settings],
    };
}
