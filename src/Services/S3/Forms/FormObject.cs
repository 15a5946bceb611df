using System.Globalization;
using System.Xml;
using Fogbank.Services.S3.Domain;
using Fogbank.Services.S3.Storage;

namespace Fogbank.Services.S3.Forms;

/// <summary>What the fields of an upload form say of the object.</summary>
internal static class FormObject
{
    private const string MetadataPrefix = "x-amz-meta-";

    public static (ObjectHeaders Headers, IReadOnlyList<TagRecord>? Tags) TemplateOf(FormFields form)
    {
        var metadata = form.All
            .Where(field => field.Key.StartsWith(MetadataPrefix, StringComparison.Ordinal))
            .ToDictionary(field => field.Key[MetadataPrefix.Length..], field => field.Value, StringComparer.Ordinal);
        var storageClass = new WriteSettings
        {
            Acl = form["acl"] ?? form["x-amz-acl"],
            HasGrants = form.All.Keys.Any(name => name.StartsWith("x-amz-grant-", StringComparison.Ordinal)),
            Encryption = form["x-amz-server-side-encryption"],
            KmsKeyId = form["x-amz-server-side-encryption-aws-kms-key-id"],
            CustomerAlgorithm = form["x-amz-server-side-encryption-customer-algorithm"],
            StorageClass = form["x-amz-storage-class"],
            HasLock = form.All.Keys.Any(name => name.StartsWith("x-amz-object-lock-", StringComparison.Ordinal)),
            Metadata = metadata,
        }.Check();
        var headers = new ObjectHeaders
        {
            ContentType = form["content-type"],
            CacheControl = form["cache-control"],
            ContentDisposition = form["content-disposition"],
            ContentEncoding = RequestFacts.StoredEncoding(form["content-encoding"]),
            ContentLanguage = form["content-language"],
            Expires = DateTimeOffset.TryParse(
                form["expires"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var expires) ? expires : null,
            WebsiteRedirectLocation = form["x-amz-website-redirect-location"],
            Metadata = RequestFacts.StoredMetadata(metadata),
            StorageClass = storageClass,
        };
        return (headers, form["tagging"] is { Length: > 0 } tagging ? ReadTags(tagging) : null);
    }

    public static ChecksumHeaders ChecksumsOf(FormFields form) => new(
        form["x-amz-checksum-crc32"],
        form["x-amz-checksum-crc32c"],
        form["x-amz-checksum-crc64nvme"],
        form["x-amz-checksum-sha1"],
        form["x-amz-checksum-sha256"]);

    /// <summary>The field <c>tagging</c> is the XML of PutObjectTagging.</summary>
    private static IReadOnlyList<TagRecord> ReadTags(string xml)
    {
        var tags = new List<TagRecord>();
        try
        {
            using var text = new StringReader(xml);
            using var reader = XmlReader.Create(text, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            string? key = null;
            while (reader.Read())
            {
                while (reader.NodeType == XmlNodeType.Element && reader.LocalName is "Key" or "Value")
                {
                    var isKey = reader.LocalName == "Key";
                    var content = reader.ReadElementContentAsString();
                    if (isKey)
                    {
                        key = content;
                    }
                    else
                    {
                        tags.Add(new(key ?? throw S3Errors.MalformedXml(), content));
                        key = null;
                    }
                }
            }
        }
        catch (XmlException)
        {
            throw S3Errors.MalformedXml();
        }

        return TagRules.Check(tags, ofBucket: false);
    }
}
