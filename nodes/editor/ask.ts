/** What the runtime's admin routes answer; a fault comes as its words. */
export async function ask<T>(path: string, body?: unknown): Promise<T> {
  const settings =
    body === undefined
      ? { url: path }
      : { url: path, method: 'POST', contentType: 'application/json', data: JSON.stringify(body) };
  return new Promise((resolve, reject) => {
    $.ajax(settings)
      .done((answer: T) => resolve(answer))
      .fail((failure: { responseJSON?: { error?: string }; statusText?: string }) =>
        reject(new Error(failure.responseJSON?.error ?? failure.statusText ?? 'no answer')),
      );
  });
}
