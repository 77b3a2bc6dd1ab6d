/** What the runtime's admin routes answer; a fault comes as an Error with its words. The path has no `/` in front: so it is below Node-RED's own address. */
export async function ask<T>(path: string, body?: unknown): Promise<T> {
  const request =
    body === undefined
      ? { url: path }
      : { url: path, method: 'POST', contentType: 'application/json', data: JSON.stringify(body) };
  return new Promise((resolve, reject) => {
    $.ajax(request)
      .done((answer: T) => resolve(answer))
      .fail((failure: { responseJSON?: { error?: string }; statusText?: string }) =>
        reject(new Error(failure.responseJSON?.error ?? failure.statusText ?? 'no answer')),
      );
  });
}
