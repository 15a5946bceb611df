using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Fogbank.Client;

namespace Fogbank.CommandLine.Images;

/// <summary><c>fogbank image ls</c>.</summary>
internal static class ListImagesCommand
{
    internal static Command Create()
    {
        var repository = new Argument<string?>("repository") { Description = "Only this repository's.", Arity = ArgumentArity.ZeroOrOne };
        var endpoint = Shared.Endpoint();
        var showAws = Shared.ShowAws();
        var command = new Command("ls", "List images.") { repository, endpoint, showAws };
        command.SetAction((parsed, cancellationToken) => Shared.RunAsync(async () =>
        {
            using var client = Shared.Client(parsed.GetValue(endpoint), parsed.GetValue(showAws));
            var count = 0;
            var names = parsed.GetValue(repository) is { } one ? AsyncEnumerable.Repeat(one, 1) : RepositoriesAsync(client, cancellationToken);
            await foreach (var name in names)
            {
                var images = PagesAsync(
                    client, "DescribeImages", new() { ["repositoryName"] = name }, "imageDetails", $"ecr describe-images --repository-name {name}", cancellationToken);
                await foreach (var image in images)
                {
                    if (count++ == 0)
                    {
                        Console.Out.WriteLine($"{"REPOSITORY",-32} {"TAG",-20} {"DIGEST",-20} {"SIZE",10}  PUSHED");
                    }

                    var digest = image["imageDigest"]!.GetValue<string>();
                    var pushed = DateTimeOffset.FromUnixTimeMilliseconds((long)(image["imagePushedAt"]!.GetValue<double>() * 1000));
                    foreach (var tag in image["imageTags"]?.AsArray().Select(static tag => tag!.GetValue<string>()) ?? ["<none>"])
                    {
                        Console.Out.WriteLine(string.Create(
                            CultureInfo.InvariantCulture,
                            $"{name,-32} {tag,-20} {digest[..19],-20} {image["imageSizeInBytes"]!.GetValue<long>() / 1e6,7:0.00} MB  {pushed:yyyy-MM-dd HH:mm:ss}Z"));
                    }
                }
            }

            if (count == 0)
            {
                Console.Out.WriteLine($"No images yet. Push one to {client.Endpoint.Authority}/REPOSITORY, or bring one in with `fogbank image import ARCHIVE`.");
            }

            return 0;
        }));
        return command;
    }

    private static IAsyncEnumerable<string> RepositoriesAsync(AwsClient client, CancellationToken cancellationToken) =>
        PagesAsync(client, "DescribeRepositories", [], "repositories", "ecr describe-repositories", cancellationToken)
            .Select(static repository => repository["repositoryName"]!.GetValue<string>());

    private static async IAsyncEnumerable<JsonNode> PagesAsync(
        AwsClient client,
        string operation,
        JsonObject request,
        string items,
        string shown,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var page = (await client.ExpectAsync(AwsCall.Ecr(operation, request, shown), cancellationToken)).Json;
            foreach (var item in page[items]!.AsArray())
            {
                yield return item!;
            }

            if (page["nextToken"]?.GetValue<string>() is not { } next)
            {
                yield break;
            }

            request["nextToken"] = next;
        }
    }
}
