using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Fogbank.Services.S3.Forms;

/// <summary>The fields of an upload form that stand before its file, and the file itself, not yet read.</summary>
internal sealed class FormFields
{
    /// <summary>AWS's limit on everything but the file.</summary>
    private const int MaxFieldBytes = 20 * 1024;

    private readonly Dictionary<string, string> _fields = new(StringComparer.Ordinal);

    /// <summary>By lower-case name.</summary>
    public IReadOnlyDictionary<string, string> All => _fields;

    public required Stream File { get; init; }

    /// <summary>What the file is called on the user's machine, without its folders; "" where the form does not say.</summary>
    public required string FileName { get; init; }

    public string? this[string name] => _fields.GetValueOrDefault(name);

    /// <summary>The field, or S3's error that it is missing.</summary>
    public string Require(string name) => _fields.TryGetValue(name.ToLowerInvariant(), out var value) ? value : throw S3Errors.MissingField(name);

    /// <summary>Reads up to the file. Fields behind it are ignored, as S3 does.</summary>
    public static async ValueTask<FormFields> ReadAsync(string? contentType, Stream body, CancellationToken cancellationToken)
    {
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type)
            || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 and <= 200 } boundary)
        {
            throw S3Errors.PreconditionFailed("Bucket POST must be of the enclosure-type multipart/form-data");
        }

        var reader = new MultipartReader(boundary, body) { HeadersCountLimit = 16, HeadersLengthLimit = 16 * 1024 };
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        var left = MaxFieldBytes;
        try
        {
            while (await reader.ReadNextSectionAsync(cancellationToken) is { } section)
            {
                if (section.GetContentDispositionHeader() is not { } disposition)
                {
                    throw S3Errors.MalformedForm();
                }

                var name = (HeaderUtilities.RemoveQuotes(disposition.Name).Value ?? "").ToLowerInvariant();
                if (name == "file")
                {
                    var form = new FormFields { File = section.Body, FileName = FileNameOf(disposition) };
                    foreach (var (field, value) in fields)
                    {
                        form._fields[field] = value;
                    }

                    return form;
                }

                var text = await ReadTextAsync(section.Body, left, cancellationToken);
                left -= text.Length + name.Length;
                fields[name] = text;
            }
        }
        catch (InvalidDataException)
        {
            throw S3Errors.MalformedForm();
        }
        catch (IOException) when (!cancellationToken.IsCancellationRequested)
        {
            throw S3Errors.MalformedForm(); // the body ended before the form did
        }

        throw S3Errors.NoFile();
    }

    private static string FileNameOf(ContentDispositionHeaderValue disposition)
    {
        var name = HeaderUtilities.RemoveQuotes(disposition.FileNameStar).Value ?? HeaderUtilities.RemoveQuotes(disposition.FileName).Value ?? "";
        return name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
    }

    private static async ValueTask<string> ReadTextAsync(Stream body, int limit, CancellationToken cancellationToken)
    {
        var buffer = new byte[Math.Max(limit, 0) + 1];
        var count = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return count <= limit ? Encoding.UTF8.GetString(buffer, 0, count) : throw S3Errors.FormTooLong();
    }
}
