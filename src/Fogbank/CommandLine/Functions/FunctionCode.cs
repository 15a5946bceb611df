using System.Text.Json.Nodes;
using Fogbank.Client;
using Fogbank.CommandLine.Tasks;

namespace Fogbank.CommandLine.Functions;

/// <summary>What a function runs, as the API and the AWS CLI take it: a folder that was packed, or an image.</summary>
internal sealed class FunctionCode
{
    private readonly FunctionFolder? _folder;
    private readonly byte[] _zip = [];
    private string _image = "";

    private FunctionCode(string name, FunctionFolder folder, byte[] zip) => (Name, _folder, _zip) = (name, folder, zip);

    private FunctionCode(string name, string image) => (Name, _image) = (name, image);

    /// <summary>What the function is called where nobody says otherwise.</summary>
    internal string Name { get; }

    internal bool IsImage => _folder is null;

    internal string Title => _folder is null ? _image : $"{_folder.Runtime}, handler {_folder.Handler}";

    internal string CreateCli => _folder is null
        ? $"--package-type Image --code ImageUri={_image}"
        : $"--runtime {_folder.Runtime} --handler {_folder.Handler} --zip-file fileb://function.zip";

    internal string UpdateCli => _folder is null ? $"--image-uri {_image}" : "--zip-file fileb://function.zip";

    internal string SettingsCli => _folder is null ? "" : $" --runtime {_folder.Runtime} --handler {_folder.Handler}";

    /// <summary>An image by <c>repository[:tag]</c>, with or without a registry's host.</summary>
    internal static FunctionCode OfImage(string image)
    {
        var slash = image.IndexOf('/', StringComparison.Ordinal);
        var hasHost = slash > 0 && (image[..slash] == "localhost" || image.AsSpan(0, slash).ContainsAny('.', ':'));
        var repository = hasHost ? image[(slash + 1)..] : image;
        var end = repository.IndexOfAny([':', '@']);
        return new((end < 0 ? repository : repository[..end]).Split('/')[^1], end < 0 ? $"{image}:latest" : image);
    }

    /// <summary>Says whose registry an image without a host is in.</summary>
    internal void Locate(string account, string region)
    {
        if (_folder is null)
        {
            _image = TaskRun.FullName(_image, account, region);
        }
    }

    /// <summary>Packs a folder, publishing the project that it may hold.</summary>
    internal static async Task<FunctionCode> OfFolderAsync(DeployRequest request, TextWriter target, CancellationToken cancellationToken)
    {
        var path = request.Folder!;
        if (!Directory.Exists(path))
        {
            throw new CommandException($"There is no folder {path}.");
        }

        var folder = request is { Runtime: { } runtime, Handler: { } handler } ? new FunctionFolder(runtime, handler, null) : FunctionFolder.Guess(path);
        folder = folder with { Runtime = request.Runtime ?? folder.Runtime, Handler = request.Handler ?? folder.Handler };
        return new(new DirectoryInfo(path).Name, folder, await ZipAsync(path, folder, target, cancellationToken));
    }

    /// <summary>The member <c>Code</c> of a creation, which is the whole of an update.</summary>
    internal JsonObject Body() => _folder is null ? new() { ["ImageUri"] = _image } : new() { ["ZipFile"] = Convert.ToBase64String(_zip) };

    /// <summary>Adds what only packages need to be told.</summary>
    internal void Describe(JsonObject body)
    {
        if (_folder is not null)
        {
            body["Runtime"] = _folder.Runtime;
            body["Handler"] = _folder.Handler;
        }
    }

    private static async Task<byte[]> ZipAsync(string path, FunctionFolder folder, TextWriter target, CancellationToken cancellationToken)
    {
        if (folder.Project is null)
        {
            return FunctionZip.Create(path);
        }

        target.WriteLine($"publishing {Path.GetFileName(folder.Project)} …");
        var published = await DotNetPublish.RunAsync(folder.Project, cancellationToken);
        try
        {
            return FunctionZip.Create(published);
        }
        finally
        {
            Directory.Delete(published, recursive: true);
        }
    }
}
