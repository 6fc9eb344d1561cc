import type { ReactNode } from 'react';

export const metadata = { title: 'Sallyport on Next.js' };

export default function Layout({ children }: { readonly children: ReactNode }) {
  return (
    <html lang="en">
      <body style={{ font: '16px/1.5 system-ui', maxWidth: '32rem', margin: '3rem auto', padding: '0 1rem' }}>
        {children}
      </body>
    </html>
  );
}
